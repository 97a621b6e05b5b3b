using System.Diagnostics;
using WsActors.Fuzzing.Inputs;

namespace WsActors.Fuzzing.LongRun;

/// <summary>One target, explored case by case. The same seed gives the same cases in the same order, independent of time.</summary>
internal sealed class Exploration(Target target, int seed)
{
    /// <summary>A case reads 16 KiB three times at most: a thousandth of this is usual.</summary>
    private static readonly TimeSpan Stuck = TimeSpan.FromSeconds(10);

    private readonly Random _random = new(seed);
    private readonly Corpus _corpus = new();

    /// <summary>The case that runs; the watchdog reads it from another thread.</summary>
    private volatile Case? _current;

    public Target Target => target;

    public long Cases { get; private set; }

    public TimeSpan Elapsed { get; private set; }

    public int Behaviours => _corpus.Count;

    /// <summary>Runs cases for a while.</summary>
    /// <exception cref="FuzzingException">A case breaks the contract.</exception>
    public void Run(TimeSpan slice, long mostCases)
    {
        var start = Stopwatch.GetTimestamp();
        try
        {
            for (; Cases < mostCases && Stopwatch.GetElapsedTime(start) < slice; Cases++)
            {
                RunCase();
            }
        }
        finally
        {
            Elapsed += Stopwatch.GetElapsedTime(start);
            _current = null;
        }
    }

    /// <summary>The case that hangs, if one does.</summary>
    public FuzzingException? FindStuck() => _current is { } running && Stopwatch.GetElapsedTime(running.Start) > Stuck
        ? new(target, running.Input, running.Seed, new BrokenContractException($"It does not end within {Stuck.TotalSeconds} s."))
        : null;

    private void RunCase()
    {
        var input = NextInput();
        var cutSeed = _random.Next();
        _current = new(input, cutSeed, Stopwatch.GetTimestamp());
        _corpus.Add(input, Contract.Check(target, input, cutSeed).Behaviour);
    }

    private byte[] NextInput() => _random.Next(_corpus.Count == 0 ? 5 : 10) switch
    {
        0 => InputKind.RandomBytes.For(target, _random.Next()),
        1 or 2 => InputKind.RandomShapes.For(target, _random.Next()),
        3 or 4 => InputKind.MutatedSessions.For(target, _random.Next()),
        _ => _corpus.Mutated(_random),
    };

    private sealed record Case(byte[] Input, int Seed, long Start);
}
