using System.Collections.Concurrent;
using Akka.Actor;

namespace WsActors.Tests.Loopback;

/// <summary>The outcome of every opened connection. Any thread.</summary>
internal sealed class Tally
{
    private readonly ConcurrentDictionary<IActorRef, Ends> _ends = [];

    private int _handlers;

    /// <summary>The number of live handlers that report.</summary>
    public int Handlers => Volatile.Read(ref _handlers);

    public int Opened => _ends.Count;

    /// <summary>Connections of which neither <c>Closed</c> was told, nor their own handler ended before it could be.</summary>
    public int Open => _ends.Values.Count(static ends => ends.Closed.IsEmpty && !ends.HasQuit);

    public IEnumerable<int> Codes => _ends.Values.SelectMany(static ends => ends.Closed);

    /// <summary>Of each connection <c>Opened</c> was told once, and <c>Closed</c> once unless its own handler ended first.</summary>
    public bool IsBalanced => _ends.Values.All(static ends => ends.Opened == 1 && ends.Closed.Count + (ends.HasQuit ? 1 : 0) == 1);

    public override string ToString() => string.Join(
        ", ",
        _ends.Values.GroupBy(static ends => $"{ends.Opened} × Opened, Closed [{string.Join(' ', ends.Closed)}], quit {ends.HasQuit}")
            .Select(static group => $"{group.Count()} × ({group.Key})"));

    public void HandlerStarted() => Interlocked.Increment(ref _handlers);

    public void HandlerStopped() => Interlocked.Decrement(ref _handlers);

    public void Note(Ws.IEvent happened)
    {
        var ends = _ends.GetOrAdd(happened.Connection, static _ => new Ends());
        switch (happened)
        {
            case Ws.Opened: Interlocked.Increment(ref ends.Opened); break;
            case Ws.Closed closed: ends.Closed.Enqueue(closed.Code); break;
        }
    }

    /// <summary>The connection's own handler is about to end.</summary>
    public void Quit(IActorRef connection) => _ends[connection].HasQuit = true;

    private sealed class Ends
    {
        public int Opened;

        public ConcurrentQueue<int> Closed { get; } = [];

        public bool HasQuit { get; set; }
    }
}
