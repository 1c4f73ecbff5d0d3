"""The local web app over many studies: live progress, leaderboards, one configuration, two compared."""
