"""Plugins, loaded and called with care: nobody else in the program holds one that is not checked."""
