"""What the built-in outputs promise beyond the contract: what they make bears a seal, so no other store is needed."""

from followup_rules import Status


class Sealed:
    """Goes before `OutputContract` among the bases."""

    def test_what_another_store_updated_is_ours_under_its_new_reference(self):
        old = self._create()
        new = self.open_output().update(old, self._changed())
        assert self._status(old) == Status("open", ref=new)
        self.open_output().withdraw(new)
        assert self._find() is None

    def test_what_another_store_updated_and_the_user_edited_is_the_users(self):
        old = self._create()
        new = self.open_output().update(old, self._changed())
        self.edit_as_user(self.example.key)
        assert self._status(old) == self._status(new) == Status("touched")
