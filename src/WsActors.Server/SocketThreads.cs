using Akka.Configuration;

namespace WsActors.Server;

/// <summary>The runtime's threads that wait for sockets: whether they call back themselves is decided in the environment, before the first socket.</summary>
internal static class SocketThreads
{
    private const string Variable = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    /// <summary>Lets them where the settings want it, unless the environment says otherwise.</summary>
    public static void Prepare(Config settings)
    {
        if (settings.GetString("ws-actors.sockets.inline", "off") != "off" && Environment.GetEnvironmentVariable(Variable) is null)
        {
            Environment.SetEnvironmentVariable(Variable, "1");
        }
    }
}
