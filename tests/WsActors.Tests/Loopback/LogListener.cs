using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Event;

namespace WsActors.Tests.Loopback;

/// <summary>Records log lines.</summary>
internal sealed class LogListener : UntypedActor
{
    private readonly ConcurrentQueue<LogEvent> _log;

    public LogListener(ConcurrentQueue<LogEvent> log) => _log = log;

    protected override void OnReceive(object message)
    {
        if (message is LogEvent line)
        {
            _log.Enqueue(line);
        }
    }
}
