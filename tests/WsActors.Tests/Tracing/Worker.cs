using System.Collections.Concurrent;
using System.Diagnostics;
using Akka.Actor;

namespace WsActors.Tests.Tracing;

/// <summary>A handler that shows its current activity, by the text that it is told.</summary>
internal sealed class Worker(IActorRef other, TaskCompletionSource gate, ConcurrentQueue<ActivitySpanId?> seen)
    : WebSocketHandler, IWithStash
{
    public IStash Stash { get; set; } = null!; // Akka sets it.

    protected override void OnText(string text)
    {
        seen.Enqueue(Activity.Current?.SpanId);
        switch (text)
        {
            case "task":
                RunTask(async () =>
                {
                    await gate.Task;
                    seen.Enqueue(Activity.Current?.SpanId);
                });
                break;
            case "fail": throw new InvalidTimeZoneException("as asked");
            case "fail later":
                RunTask(async () =>
                {
                    await Task.Yield();
                    throw new InvalidTimeZoneException("as asked");
                });
                break;
            case "tell": other.TellTraced(new Order(7), Self); break;
            case "ack": Connection.Tell(Ws.Send.Text("answer") with { Ack = "taken" }, other); break;
            case "publish": Context.System.WebSockets().Topics.Tell(new Ws.Publish("tea", Ws.Send.Text("hi")), Self); break;
            case "publish with ack":
                Context.System.WebSockets().Topics.Tell(new Ws.Publish("tea", Ws.Send.Text("hi") with { Ack = "taken" }), other);
                break;
            case "stash": Stash.Stash(); break;
        }
    }

    protected override void OnMessage(object message)
    {
        if (message is "unstash")
        {
            seen.Enqueue(Activity.Current?.SpanId);
            Become(Unstashing);
            Stash.UnstashAll();
        }
    }

    private void Unstashing(object message)
    {
        if (message is Ws.Received)
        {
            seen.Enqueue(Activity.Current?.SpanId);
        }
    }

    internal sealed record Order(int Number);
}
