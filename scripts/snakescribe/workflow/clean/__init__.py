"""What of a results folder can be removed, what each costs afterwards, and its removal."""
