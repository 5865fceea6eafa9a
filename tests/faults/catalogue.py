"""All kinds of faults."""

from tests.faults.calls import CALLS
from tests.faults.damage import DAMAGE
from tests.faults.kind import Kind
from tests.faults.power import POWER
from tests.faults.stubbornness import STUBBORN
from tests.faults.truth import AVAILABLE, TRUTH

KINDS: tuple[Kind, ...] = (*CALLS, *POWER, *DAMAGE, *STUBBORN, *(TRUTH if AVAILABLE else ()))
