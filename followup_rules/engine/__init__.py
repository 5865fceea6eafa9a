"""Cases and rules in, decisions and changes out. Pure: no I/O, no clock."""
