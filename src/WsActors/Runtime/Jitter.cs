namespace WsActors.Runtime;

/// <summary>Draws from <see cref="WebSocketSetup.Random"/>, which one thread at a time may use. Any thread.</summary>
internal sealed class Jitter(Random random)
{
    /// <summary>From 0 up to, but not, 1.</summary>
    public double Draw()
    {
        lock (random)
        {
            return random.NextDouble();
        }
    }
}
