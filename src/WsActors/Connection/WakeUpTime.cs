using Akka.Actor;

namespace WsActors.Connection;

/// <summary>
/// The next deadline of a connection. The connection writes it, the manager's tick reads it and sends <see cref="Tick"/> to connections
/// that are due. A tick to every connection was measured at 1 % of a core for 5,000; this costs nothing.
/// </summary>
internal sealed class WakeUpTime
{
    private long _at = long.MaxValue;

    public void Set(TimeSpan time) => Volatile.Write(ref _at, time.Ticks);

    public bool IsDue(TimeSpan now) => Volatile.Read(ref _at) <= now.Ticks;

    /// <summary>The message of the manager to a connection that is due.</summary>
    internal sealed record Tick : INoSerializationVerificationNeeded
    {
        private Tick()
        {
        }

        public static Tick Instance { get; } = new();
    }
}
