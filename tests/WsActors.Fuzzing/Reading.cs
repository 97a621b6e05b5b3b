using System.Security.Cryptography;

namespace WsActors.Fuzzing;

/// <summary>One reader's facts of one input, and their cost.</summary>
/// <param name="mostSteps">The number of parser calls that the input justifies: a parser that does not advance would loop
/// endlessly.</param>
internal sealed class Reading(int mostSteps)
{
    private readonly List<string> _facts = [];
    private readonly HashSet<string> _steps = [];
    private string _lastKind = "";
    private string _state = "";
    private bool _isOver;
    private int _stepCount;
    private long _allocatedBefore;
    private long _allocatedSinceFact;

    /// <summary>The facts in order, each with all that it carries.</summary>
    public IReadOnlyList<string> Facts => _facts;

    /// <summary>
    /// A cheap sign of the ways that the input took through the code: which kind of fact followed which, and how it ended. A broken rule
    /// is a kind of its own.
    /// </summary>
    public IReadOnlySet<string> Behaviour => _steps;

    /// <summary>Bytes that the parser allocated; without those of the notes taken here.</summary>
    public long Allocated { get; private set; }

    /// <summary>The most that it allocated from one fact to the next.</summary>
    public long MostAllocatedBetweenFacts { get; private set; }

    /// <summary>Goes before each call of the parser.</summary>
    public void StartStep()
    {
        Require(_stepCount++ < mostSteps, "The parser is called again and again and does not advance.");
        _allocatedBefore = GC.GetAllocatedBytesForCurrentThread();
    }

    /// <summary>Goes after each call of the parser.</summary>
    public void EndStep()
    {
        var spent = GC.GetAllocatedBytesForCurrentThread() - _allocatedBefore;
        Allocated += spent;
        _allocatedSinceFact += spent;
        MostAllocatedBetweenFacts = Math.Max(MostAllocatedBetweenFacts, _allocatedSinceFact);
    }

    /// <summary>Notes a fact.</summary>
    /// <param name="kind">Its kind.</param>
    /// <param name="size">Its size: none, small or large are different kinds to the <see cref="Behaviour"/>.</param>
    /// <param name="content">All that it carries.</param>
    public void Add(string kind, int size, string content)
    {
        Require(!_isOver, "A fact came after the last one.");
        _facts.Add($"{kind} {content}");
        _allocatedSinceFact = 0;
        Follow(size switch { 0 => kind, <= 125 => $"small {kind}", _ => $"large {kind}" });
    }

    /// <summary>Notes the last fact, such as a violation.</summary>
    public void AddLast(string kind, string content = "")
    {
        Add(kind, 0, content);
        _isOver = true;
    }

    /// <summary>Notes how the parser stands at the end.</summary>
    /// <param name="ending">A word for it.</param>
    /// <param name="state">All of it: no cut of the bytes may change it.</param>
    public void End(string ending, string state = "")
    {
        _state = $"{ending} {state}";
        Follow($"end {ending}");
    }

    /// <summary>Bytes as text to compare: short ones in full, long ones by their hash.</summary>
    public static string Text(ReadOnlySpan<byte> bytes) =>
        bytes.Length <= 1000 ? Convert.ToHexString(bytes) : $"{bytes.Length} bytes {Convert.ToHexString(SHA256.HashData(bytes))}";

    /// <summary>The contract as the readers know it.</summary>
    public static void Require(bool holds, string rule)
    {
        if (!holds)
        {
            throw new BrokenContractException(rule);
        }
    }

    public override string ToString() => string.Join(" | ", _facts.Append(_state));

    private void Follow(string kind)
    {
        _steps.Add($"{_lastKind} > {kind}");
        _lastKind = kind;
    }
}

/// <summary>The message names the broken part of the contract.</summary>
internal sealed class BrokenContractException(string rule) : Exception(rule);
