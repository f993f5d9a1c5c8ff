"""Named tasks, some of which need the results of others -> all done, side by side."""

from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from graphlib import TopologicalSorter
from typing import Any


@dataclass(frozen=True)
class Task:
    """A function, and the names of the tasks whose results are its arguments, in order."""

    run: Callable[..., Any]
    needs: tuple[str, ...] = ()


def run_tasks(tasks: Mapping[str, Task], threads: int) -> dict[str, Any]:
    """Tasks by name -> their results by name.

    A task starts when a thread is free and all that it needs is done: no task ever waits for
    another one in a thread. Of those that may start, the first of `tasks` does.

    Args:
        tasks: in any order; the longest first takes the least time.
        threads: how many run at a time.

    Raises:
        CycleError: tasks need each other.
        Exception: what a task raised. No other task is started after that.
    """
    order = TopologicalSorter({name: task.needs for name, task in tasks.items()})
    order.prepare()
    results: dict[str, Any] = {}
    ready: set[str] = set()
    running: dict[Future[Any], str] = {}
    with ThreadPoolExecutor(threads) as pool:
        while order.is_active():
            ready.update(order.get_ready())
            for name in [name for name in tasks if name in ready][: threads - len(running)]:
                ready.remove(name)
                task = tasks[name]
                running[pool.submit(task.run, *(results[need] for need in task.needs))] = name
            finished, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in finished:
                name = running.pop(future)
                results[name] = future.result()
                order.done(name)
    return results
