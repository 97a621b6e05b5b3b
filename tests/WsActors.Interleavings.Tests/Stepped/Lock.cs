namespace System.Threading;

/// <summary>The linked sources' <c>Lock</c>, which the compiler enters by its scope.</summary>
internal sealed class Lock
{
    private readonly object _gate = new();

    public Scope EnterScope()
    {
        var isTaken = false;
        Monitor.Enter(_gate, ref isTaken);
        return new Scope(_gate);
    }

    public readonly ref struct Scope(object gate)
    {
        public void Dispose() => Monitor.Exit(gate);
    }
}
