using Akka.Configuration;

namespace WsActors.Settings;

/// <summary>The embedded <c>hocon/ws-actors.conf</c>: all keys with their defaults. Read once; immutable.</summary>
internal sealed class ReferenceConfig
{
    private ReferenceConfig()
    {
    }

    public static Config Value { get; } = ConfigurationFactory.FromResource<ReferenceConfig>("ws-actors.conf");
}
