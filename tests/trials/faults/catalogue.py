"""All kinds of faults."""

from tests.trials.faults.calls import CALLS
from tests.trials.faults.damage import DAMAGE
from tests.trials.faults.kind import Kind
from tests.trials.faults.power import POWER
from tests.trials.faults.stubbornness import STUBBORN
from tests.trials.faults.truth import AVAILABLE, TRUTH

KINDS: tuple[Kind, ...] = (*CALLS, *POWER, *DAMAGE, *STUBBORN, *(TRUTH if AVAILABLE else ()))
