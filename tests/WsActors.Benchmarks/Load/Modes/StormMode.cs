
namespace WsActors.Benchmarks.Load.Modes;

/// <inheritdoc cref="LoadKind.Storm"/>
internal sealed class StormMode(LoadRun run) : LoadMode(run)
{
    public override void OnOpen(LoadConnection connection) => connection.Send(1, Clock.Now);

    public override void OnMessages(LoadConnection connection, int count)
    {
        Run.Times.Record(Clock.Now - connection.Sent.Dequeue());
        connection.SendClose();
    }

    // The server has answered the close frame, and closes the socket first (RFC 6455 §7.1.1).
    public override void OnEnd(LoadConnection connection)
    {
        if (connection.IsClosed)
        {
            Run.Done++;
        }
        else
        {
            Run.Errors++;
        }

        connection.Dial();
    }
}
