from __future__ import annotations

import pytest

from jupyter_runs.errors import InvalidValueError, MissingPathError

np = pytest.importorskip("numpy")
Image = pytest.importorskip("PIL.Image")


def picture(run, name="i"):
    """The newest image of a series, opened."""
    with run._reading() as reader:
        item = reader.metrics[name].items()[-1]
    return Image.open(item.path)


class TestImages:
    @pytest.mark.parametrize("dtype", ["uint8", "int64", "float32", "float64", "bool"])
    @pytest.mark.parametrize("channels", [(), (1,), (3,), (4,)])
    def test_arrays(self, run, dtype, channels):
        pixels = (np.arange(5 * 7 * (channels or (1,))[0]) * 11 % 256).astype("uint8")
        pixels = pixels.reshape(5, 7, *channels)
        given = pixels
        if dtype.startswith("float"):
            given = (pixels / 255).astype(dtype)
        elif dtype == "bool":
            given, pixels = pixels > 99, (pixels > 99).astype("uint8") * 255
        else:
            given = pixels.astype(dtype)
        run.log_image("i", plot=given)
        back = np.asarray(picture(run))
        assert (back == (pixels[..., 0] if channels == (1,) else pixels)).all()

    def test_a_strided_array(self, run):
        pixels = np.arange(200, dtype="uint8").reshape(10, 20)[::2, ::3]
        run.log_image("i", plot=pixels)
        assert (np.asarray(picture(run)) == pixels).all()

    @pytest.mark.parametrize(
        ("given", "told"),
        [
            (np.full((4, 4), 1.5), "from 0 to 1"),
            (np.full((4, 4), np.nan), "from 0 to 1"),
            (np.full((4, 4), 256), "from 0 to 255"),
            (np.full((4, 4), -1), "from 0 to 255"),
            (np.zeros(4), "shape"),
            (np.zeros((0, 4)), "shape"),
            (np.zeros((3, 8, 8)), "transpose"),
            (np.zeros((4, 4), complex), "complex"),
            (object(), "no image"),
            ([[1, 2]], "no image"),
        ],
    )
    def test_what_is_no_image(self, run, given, told):
        with pytest.raises(InvalidValueError, match=told):
            run.log_image("i", plot=given)
        assert run.get_metrics() == {}

    @pytest.mark.parametrize("mode", ["RGB", "L", "RGBA", "P", "CMYK", "F", "1"])
    def test_pil(self, run, mode):
        run.log_image("i", plot=Image.new(mode, (7, 5)))
        run.log_image("i", Image.new(mode, (7, 5)))
        assert picture(run).size == (7, 5)

    @pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP"])
    def test_files_are_known_by_content(self, run, tmp_path, kind):
        path = tmp_path / "image.dat"
        Image.new("RGB", (7, 5)).save(path, format=kind)
        run.log_image("i", path=str(path))
        assert picture(run).format == kind

    def test_svg(self, run, tmp_path):
        path = tmp_path / "x"
        path.write_text(
            "<?xml version='1.0'?>\n<!-- c --><svg xmlns='http://www.w3.org/2000/svg'/>"
        )
        run.log_image("i", path)
        with run._reading() as reader:
            assert reader.metrics["i"].items()[0].path.suffix == ".svg"

    def test_bad_files(self, run, tmp_path):
        with pytest.raises(MissingPathError, match="nowhere"):
            run.log_image("i", "nowhere.png")
        (tmp_path / "x.png").write_text("not a png")
        with pytest.raises(InvalidValueError, match="is no PNG"):
            run.log_image("i", tmp_path / "x.png")
        with pytest.raises(InvalidValueError):
            run.log_image("i", tmp_path)

    def test_exactly_one_of_both(self, run, tmp_path):
        with pytest.raises(InvalidValueError, match="neither"):
            run.log_image("i")
        with pytest.raises(InvalidValueError, match="both"):
            run.log_image("i", "x.png", np.zeros((4, 4)))

    def test_matplotlib(self, run):
        matplotlib = pytest.importorskip("matplotlib")
        matplotlib.use("Agg")
        import matplotlib.pyplot as plt

        plt.close("all")
        with pytest.raises(InvalidValueError, match=r"before plt\.show"):
            run.log_image("i", plot=plt)
        figure, axes = plt.subplots(1, 2)
        for plot in (plt, figure, axes[0], axes):
            run.log_image("i", plot=plot)
        plt.close("all")
        assert picture(run).format == "PNG"
        with run._reading() as reader:
            assert reader.metrics["i"].count == 4

    def test_a_series_with_steps(self, run):
        for step in (0, 10):
            run.log_image("i", plot=np.zeros((2, 2)), step=step, description="d")
        with run._reading() as reader:
            assert [item.step for item in reader.metrics["i"].items()] == [0, 10]

    def test_torch_like(self, run):
        class Tensor:
            shape, ndim = (2, 2), 2

            def detach(self):
                return self

            def cpu(self):
                return self

            def numpy(self):
                return np.zeros((2, 2))

        run.log_image("i", plot=Tensor())
        assert picture(run).size == (2, 2)
