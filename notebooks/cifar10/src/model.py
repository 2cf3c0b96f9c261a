"""The network that learns."""

from torch import nn


class Net(nn.Module):
    """Three stages, each of which halves width and height, and a linear layer that decides.

    Takes pictures of 32 × 32 pixels in three channels, gives a score for each class.
    """

    def __init__(self, classes: int = 10, channels: int = 16) -> None:
        super().__init__()
        self.look = nn.Sequential(
            stage(3, channels),
            stage(channels, 2 * channels),
            stage(2 * channels, 4 * channels),
        )
        self.decide = nn.Linear(4 * channels * 4 * 4, classes)

    def forward(self, images):
        return self.decide(self.look(images).flatten(start_dim=1))


def stage(channels_in: int, channels_out: int) -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(channels_in, channels_out, kernel_size=3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
    )
