"""What is asked: the study as frozen values, its factors, designs, plan, and its file."""
