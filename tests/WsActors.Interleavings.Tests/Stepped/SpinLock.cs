namespace WsActors;

/// <summary>The linked sources' <c>SpinLock</c>.</summary>
internal struct SpinLock
{
    private object? _gate;

    public SpinLock(bool enableThreadOwnerTracking) => _ = enableThreadOwnerTracking;

    public void Enter(ref bool isTaken) => Monitor.Enter(_gate ??= new object(), ref isTaken);

    public readonly void Exit() => Monitor.Exit(_gate!);
}
