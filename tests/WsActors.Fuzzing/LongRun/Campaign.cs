using System.Diagnostics;
using System.Globalization;

namespace WsActors.Fuzzing.LongRun;

/// <summary>Explores targets in rotation until the time or the cases are spent, and prints the results.</summary>
internal sealed class Campaign(IEnumerable<Target> targets, int seed, TimeSpan duration, long mostCases, TextWriter output, string folder)
{
    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan ReportInterval = TimeSpan.FromSeconds(30);

    private readonly List<Exploration> _explorations = [.. targets.Select(target => new Exploration(target, seed))];
    private readonly List<FuzzingException> _failures = [];

    /// <returns>Whether every case kept the contract.</returns>
    public bool Run()
    {
        output.WriteLine(Text($"seed {seed}, {_explorations.Count} targets, {duration.TotalMinutes} minutes"));
        using var watchdog = new Timer(_ => EndIfStuck(), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
        var clock = Stopwatch.StartNew();
        for (var report = ReportInterval; clock.Elapsed < duration && Left().Any();)
        {
            foreach (var exploration in Left().ToList())
            {
                RunSlice(exploration);
            }

            if (clock.Elapsed > report)
            {
                output.WriteLine(Text($"{clock.Elapsed.TotalMinutes:0.0} min: {_explorations.Sum(static e => e.Cases)} cases"));
                report += ReportInterval;
            }
        }

        Report();
        return _failures.Count == 0;
    }

    /// <summary>A target that failed, or had all its cases, rests.</summary>
    private IEnumerable<Exploration> Left() =>
        _explorations.Where(e => e.Cases < mostCases && _failures.TrueForAll(failure => failure.Target != e.Target));

    private void RunSlice(Exploration exploration)
    {
        try
        {
            exploration.Run(Slice, mostCases);
        }
        catch (FuzzingException failure)
        {
            Tell(failure);
            _failures.Add(failure);
        }
    }

    /// <summary>An endless loop cannot be stopped from outside: the process exits.</summary>
    private void EndIfStuck()
    {
        if (_explorations.Select(static e => e.FindStuck()).FirstOrDefault(static e => e is not null) is { } failure)
        {
            Tell(failure);
            Environment.Exit(1);
        }
    }

    private void Tell(FuzzingException failure)
    {
        output.WriteLine(Text($"FAILED {failure.Message}"));
        output.WriteLine(Text($"Replay it with --replay {FailureFile.Write(folder, failure)}"));
    }

    private void Report()
    {
        output.WriteLine(Text($"{"target",-16}{"cases",12}{"cases/s",12}{"behaviours",12}"));
        foreach (var e in _explorations)
        {
            var perSecond = e.Cases / Math.Max(e.Elapsed.TotalSeconds, 0.001);
            output.WriteLine(Text($"{e.Target.Name,-16}{e.Cases,12}{perSecond,12:0}{e.Behaviours,12}"));
        }

        var cases = _explorations.Sum(static e => e.Cases);
        var seconds = _explorations.Sum(static e => e.Elapsed.TotalSeconds);
        output.WriteLine(Text($"{"in all",-16}{cases,12}{cases / Math.Max(seconds, 0.001),12:0}"));
        output.WriteLine(Text($"{_failures.Count} failed"));
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
