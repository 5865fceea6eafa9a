"""Google as far as it can be had on one machine: an emulator, a gateway that can misbehave, and a person's account.

What stands in `emulator` is other people's work; what is ours, `tasks_stub` and parts of `gateway`, says so.
"""
