
namespace WsActors.Benchmarks.Load.Modes;

/// <inheritdoc cref="LoadKind.Idle"/>
internal sealed class IdleMode(LoadRun run) : LoadMode(run)
{
    public override void OnOpen(LoadConnection connection) => connection.Send(1, Clock.Now);

    public override void OnMessages(LoadConnection connection, int count) => Count(connection, count);
}
