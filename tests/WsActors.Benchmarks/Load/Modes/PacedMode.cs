
namespace WsActors.Benchmarks.Load.Modes;

/// <inheritdoc cref="LoadKind.Paced"/>
internal sealed class PacedMode(LoadRun run) : LoadMode(run)
{
    /// <summary>Above this number of messages in flight, a server cannot keep up with the rate.</summary>
    private const int MostOnTheWay = 100_000;

    private long _began;
    private long _sent;
    private long _heard;

    public override void OnAllOpen(long now) => _began = now;

    public override void OnMessages(LoadConnection connection, int count)
    {
        _heard += count;
        Count(connection, count);
    }

    // Each message has its time and its connection, in rotation. A late loop sends missed messages with their intended times.
    public override long Act(long now)
    {
        while (TimeOf(_sent) <= now)
        {
            Run.Connections[(int)(_sent % Run.Connections.Count)].Send(1, TimeOf(_sent));
            _sent++;
        }

        return _sent - _heard < MostOnTheWay
            ? TimeOf(_sent)
            : throw new LoadException(
                $"{Run.Options.Rate} messages a second are more than the server can do: {_sent - _heard} wait for their echo.");
    }

    private long TimeOf(long message) => _began + (long)(message * (double)Clock.Second / Run.Options.Rate);
}
