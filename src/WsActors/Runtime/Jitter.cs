namespace WsActors.Runtime;

/// <summary>Random draws from <see cref="WebSocketSetup.Random"/>, which is not thread-safe. Any thread.</summary>
internal sealed class Jitter(Random random)
{
    /// <summary>A number of at least 0 and less than 1.</summary>
    public double Draw()
    {
        lock (random)
        {
            return random.NextDouble();
        }
    }
}
