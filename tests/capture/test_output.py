from __future__ import annotations

import asyncio
import contextlib
import io
import logging
import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from jupyter_runs.capture.output import Capture, Tee
from jupyter_runs.errors import RunsWarning


@contextlib.contextmanager
def block(path):
    capture = Capture(path)
    capture.start()
    try:
        yield path
    finally:
        capture.stop()


def test_both_streams_are_kept_and_go_on(tmp_path, capsys):
    with block(tmp_path / "logs" / "log"):
        print("one")
        print("two", file=sys.stderr)
        sys.stdout.writelines(["three", "\n"])
    print("after")
    assert (tmp_path / "logs" / "log").read_text() == "one\ntwo\nthree\n"
    out = capsys.readouterr()
    assert (out.out, out.err) == ("one\nthree\nafter\n", "two\n")


def test_all_is_put_back(tmp_path):
    before = sys.stdout, sys.stderr
    with block(tmp_path / "a"), block(tmp_path / "b"):
        assert isinstance(sys.stdout, Tee)
        assert sys.stdout.encoding == before[0].encoding
    assert (sys.stdout, sys.stderr) == before


def test_no_output_no_file(tmp_path):
    with block(tmp_path / "a"):
        pass
    assert not (tmp_path / "a").exists()


def test_a_line_is_there_at_once(tmp_path):
    with block(tmp_path / "a"):
        print("now")
        assert (tmp_path / "a").read_text() == "now\n"


def test_nested_blocks_both_get_it(tmp_path):
    with block(tmp_path / "outer"):
        print("1")
        with block(tmp_path / "inner"):
            print("2")
        print("3")
    assert (tmp_path / "outer").read_text() == "1\n2\n3\n"
    assert (tmp_path / "inner").read_text() == "2\n"


def test_threads_belong_to_who_started_them(tmp_path):
    release, done = threading.Event(), threading.Event()

    def stranger():
        release.wait(10)
        print("stranger")
        done.set()

    threading.Thread(target=stranger).start()
    with block(tmp_path / "a"):
        release.set()
        done.wait(10)
        child = threading.Thread(target=print, args=("child",))
        child.start()
        child.join()
        with ThreadPoolExecutor(1) as pool:
            pool.submit(print, "pooled").result()
    assert (tmp_path / "a").read_text() == "child\npooled\n"


def test_two_threads_with_a_block_each(tmp_path):
    barrier = threading.Barrier(2)

    def work(name):
        with block(tmp_path / name):
            barrier.wait(10)
            for _ in range(50):
                print(name)
            barrier.wait(10)

    threads = [threading.Thread(target=work, args=(name,)) for name in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (tmp_path / "a").read_text() == "a\n" * 50
    assert (tmp_path / "b").read_text() == "b\n" * 50


def test_tasks_of_asyncio(tmp_path):
    async def work(name):
        with block(tmp_path / name):
            for _ in range(5):
                print(name)
                await asyncio.sleep(0)

    async def main():
        await asyncio.gather(work("a"), work("b"))

    asyncio.run(main())
    assert (tmp_path / "a").read_text() == "a\n" * 5
    assert (tmp_path / "b").read_text() == "b\n" * 5


def test_a_logging_handler_made_before(tmp_path):
    logger = logging.getLogger("test_output")
    logger.setLevel("INFO")
    handler = logging.StreamHandler(sys.stderr)
    logger.addHandler(handler)
    try:
        with block(tmp_path / "a"):
            logger.info("epoch 1")
        assert handler.stream is sys.stderr
        logger.info("after")
    finally:
        logger.removeHandler(handler)
    assert (tmp_path / "a").read_text() == "epoch 1\n"


def test_a_stream_put_over_ours_in_the_block_stays(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "stdout", sys.stdout)
    capture = Capture(tmp_path / "a")
    capture.start()

    class Other:
        def __init__(self, stream):
            self.stream = stream

        def write(self, text):
            return self.stream.write(text)

    sys.stdout = Other(sys.stdout)
    capture.stop()
    assert isinstance(sys.stdout, Other)
    with block(tmp_path / "b"):
        print("once")
    assert (tmp_path / "b").read_text() == "once\n"


def test_redirected_inside_is_not_output(tmp_path):
    with block(tmp_path / "a"), contextlib.redirect_stdout(io.StringIO()) as to:
        print("captured")
    assert to.getvalue() == "captured\n"
    assert not (tmp_path / "a").exists()


def print_two_lines(path):
    with block(path):
        print("one")
        print("two")


def test_a_file_that_cannot_be_written_is_one_warning(tmp_path, capsys):
    (tmp_path / "file").write_text("")
    with pytest.warns(RunsWarning, match="no longer written") as caught:
        print_two_lines(tmp_path / "file" / "log")
    assert len(caught) == 1
    assert capsys.readouterr().out == "one\ntwo\n"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_forked_child_writes_its_own_words_once(tmp_path):
    with block(tmp_path / "a"):
        print("begun, ", end="")
        child = os.fork()
        if child == 0:
            print("child")
            os._exit(0)
        os.waitpid(child, 0)
        print("parent")
    assert sorted((tmp_path / "a").read_text().splitlines()) == ["begun, parent", "child"]


def test_any_text(tmp_path):
    with block(tmp_path / "a"):
        print("é λ 🦦")
    assert (tmp_path / "a").read_text(encoding="utf-8") == "é λ 🦦\n"
