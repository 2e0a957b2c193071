"""Python source made from the IR."""
