"""Contracts for plugins: subclass one in your tests, say how to open your plugin, and every promise is tested.

    class TestMyOutput(OutputContract):
        @pytest.fixture(autouse=True)
        def place(self, tmp_path):
            self.path = tmp_path / "todo.txt"

        def open_output(self):
            return MyOutput(self.path)

The tests are plain methods with plain asserts: pytest finds them in a subclass whose name begins with Test.
"""

from followup_rules.testing.clock import NOW, ZONE
from followup_rules.testing.output_contract import OutputContract
from followup_rules.testing.source_contract import SourceContract

__all__ = ["NOW", "ZONE", "OutputContract", "SourceContract"]
