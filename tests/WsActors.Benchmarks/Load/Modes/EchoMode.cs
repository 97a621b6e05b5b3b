
namespace WsActors.Benchmarks.Load.Modes;

/// <inheritdoc cref="LoadKind.Echo"/>
internal sealed class EchoMode(LoadRun run) : LoadMode(run)
{
    // No sooner: thousands of busy connections would delay those still to open.
    public override void OnAllOpen(long now)
    {
        foreach (var connection in Run.Connections)
        {
            connection.Send(Run.Options.Depth, Clock.Now);
        }
    }

    public override void OnMessages(LoadConnection connection, int count)
    {
        Count(connection, count);
        connection.Send(count, Clock.Now);
    }
}
