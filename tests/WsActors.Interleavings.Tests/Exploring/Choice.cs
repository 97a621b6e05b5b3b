namespace WsActors.Interleavings.Exploring;

/// <summary>A point of a schedule: the threads that could go on, and the one that did.</summary>
internal sealed class Choice
{
    private readonly Dictionary<int, Operation> _enabled;

    /// <summary>
    /// Threads that need not go on here, with their steps: a schedule in which they do is the same as an explored one but for the order of
    /// independent steps (Godefroid's sleep sets).
    /// </summary>
    private readonly Dictionary<int, Operation> _asleep;

    /// <summary>
    /// Whether a later step of another thread is in a race with the chosen one: only then another order makes a difference.
    /// </summary>
    private bool _isInRace;

    private Choice(Dictionary<int, Operation> enabled, Dictionary<int, Operation> asleep) => (_enabled, _asleep) = (enabled, asleep);

    public int Chosen { get; private set; }

    public Operation Step => _enabled[Chosen];

    /// <summary>The steps that happened before this one, and it; null until it is taken.</summary>
    public Clock? Clock { get; set; }

    /// <param name="enabled">The threads that can go on, with their steps.</param>
    /// <param name="previous">The choice before it; null for the first.</param>
    /// <param name="running">The thread that runs now: chosen if possible, for a change costs time.</param>
    /// <returns>Null where all that can go on are asleep.</returns>
    public static Choice? TryCreate(Dictionary<int, Operation> enabled, Choice? previous, int running)
    {
        var asleep = previous is null
            ? []
            : previous._asleep.Where(one => one.Key != previous.Chosen && one.Value.IsIndependentOf(previous.Step)).ToDictionary();
        var candidates = enabled.Keys.Where(thread => !asleep.ContainsKey(thread)).Order().ToList();
        return candidates.Count == 0
            ? null
            : new Choice(enabled, asleep) { Chosen = candidates.Contains(running) ? running : candidates[0] };
    }

    /// <summary>A later step of another thread may come before the chosen one (the races of Flanagan and Godefroid's reduction).</summary>
    public void OnRace() => _isInRace = true;

    /// <summary>Chooses a thread that has to go on here, and did not yet.</summary>
    /// <returns>False without another choice.</returns>
    public bool TryChooseAnother()
    {
        _asleep[Chosen] = Step;
        Clock = null;
        Chosen = _isInRace ? _enabled.Keys.Except(_asleep.Keys).Order().FirstOrDefault(-1) : -1;
        return Chosen >= 0;
    }
}
