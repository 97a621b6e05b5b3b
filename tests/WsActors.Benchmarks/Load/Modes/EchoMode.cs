namespace WsActors.Benchmarks.Load.Modes;

/// <inheritdoc cref="LoadKind.Echo"/>
internal sealed class EchoMode(LoadRun run) : LoadMode(run)
{
    public override void OnOpen(LoadConnection connection) => connection.Send(Run.Options.Depth, Clock.Now);

    public override void OnMessages(LoadConnection connection, int count)
    {
        Count(connection, count);
        connection.Send(count, Clock.Now);
    }
}
