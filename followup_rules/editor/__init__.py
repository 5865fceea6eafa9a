"""What an editor needs to complete and check configs, rules and examples: their JSON Schema."""
