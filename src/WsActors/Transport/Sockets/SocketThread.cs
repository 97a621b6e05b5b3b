namespace WsActors.Transport.Sockets;

/// <summary>
/// The runtime's threads that wait for sockets. As a rule they pass on what they see to the thread pool; where the process was told to, they call
/// back themselves, and whoever is called back holds up all other sockets of the thread.
/// </summary>
internal static class SocketThread
{
    /// <summary>What tells the process to, if it is 1 before the first socket is made. There is none on Windows, where the pool waits itself.</summary>
    public const string Variable = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    /// <summary>Whether the code that asks, which a socket called back, runs on one.</summary>
    public static bool IsCurrent => !Thread.CurrentThread.IsThreadPoolThread;

    /// <summary>Whether they call back themselves, as far as can be known.</summary>
    public static bool CallsBack => OperatingSystem.IsWindows() || Environment.GetEnvironmentVariable(Variable) == "1";
}
