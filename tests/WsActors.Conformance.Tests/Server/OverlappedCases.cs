using WsActors.Conformance.Tests.Script;

namespace WsActors.Conformance.Tests.Server;

/// <summary>
/// All cases against one kind of server, some at a time, each with its own connection. Over HTTP/1.1 an app ends a connection half a second
/// after a violation, and hundreds of cases violate a rule. The first case starts all.
/// </summary>
internal sealed class OverlappedCases(Func<Row, Task> examine)
{
    private const int AtATime = 16;

    private readonly Dictionary<Row, Lazy<Task>> _examinations = Family.All
        .SelectMany(static family => family.Cases)
        .ToDictionary(static one => one, one => new Lazy<Task>(() => examine(one)));

    private Task? _all;

    /// <summary>Awaits the result of a case. For one test at a time.</summary>
    public Task Examine(Row asked)
    {
        _all ??= Parallel.ForEachAsync(
            _examinations.Values,
            new ParallelOptions { MaxDegreeOfParallelism = AtATime },
            static async (one, _) => await one.Value.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing));
        return _examinations[asked].Value;
    }

    /// <summary>Awaits all cases that were started: a failure is that of the case's own test.</summary>
    public Task WhenAllEnded() => _all ?? Task.CompletedTask;
}
