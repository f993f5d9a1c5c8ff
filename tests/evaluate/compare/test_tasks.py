"""Named tasks are done in an order that fits, on any number of threads."""

from graphlib import CycleError
from threading import Barrier

import pytest

from snakescribe.evaluate.compare.tasks import Task, run_tasks


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_results_are_the_arguments_of_those_that_need_them(threads):
    tasks = {
        "sum": Task(lambda two, three: two + three, needs=("two", "three")),
        "square": Task(lambda total: total**2, needs=("sum",)),
        "two": Task(lambda: 2),
        "three": Task(lambda: 3),
    }
    assert run_tasks(tasks, threads) == {"sum": 5, "square": 25, "two": 2, "three": 3}


def test_tasks_run_side_by_side():
    both = Barrier(2, timeout=10)
    tasks = {name: Task(both.wait) for name in ("one", "other")}
    assert sorted(run_tasks(tasks, 2).values()) == [0, 1]


def test_the_first_of_those_that_can_start_does():
    started = []
    names = ("long", "short", "last")
    run_tasks({name: Task(lambda name=name: started.append(name)) for name in names}, 1)
    assert started == list(names)


def test_what_a_task_raises_ends_all():
    started = []

    def fail():
        raise ValueError("no")

    tasks = {
        "fail": Task(fail),
        "next": Task(lambda: started.append("next")),
        "after": Task(started.append, needs=("fail",)),
    }
    with pytest.raises(ValueError, match="no"):
        run_tasks(tasks, 1)
    assert started == []


def test_tasks_that_need_each_other_are_an_error():
    with pytest.raises(CycleError):
        run_tasks({"a": Task(len, needs=("b",)), "b": Task(len, needs=("a",))}, 1)
