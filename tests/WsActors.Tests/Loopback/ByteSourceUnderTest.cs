namespace WsActors.Tests.Loopback;

/// <summary>
/// Which byte source everything runs over that needs real sockets: the default, unless the test project names another. Each has to keep
/// the same promises, and so has each on the threads that wait for sockets: where the runtime is told to call back there, all runs there.
/// </summary>
internal static class ByteSourceUnderTest
{
    public static string Name { get; } = AppContext.GetData("WsActors.Tests.Transport") as string ?? "akka-io";

    /// <summary>Who runs on the threads that wait for sockets.</summary>
    public static string Inline { get; } = Environment.GetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS") == "1" ? "handlers" : "off";

    /// <summary>Both, as configuration.</summary>
    public static string Config { get; } = $"ws-actors {{ transport = {Name}, sockets.inline = {Inline} }}";

    /// <summary>Both, for the program.</summary>
    public static string[] Arguments { get; } = ["--transport", Name, .. Inline == "off" ? (string[])[] : ["--set", $"ws-actors.sockets.inline={Inline}"]];
}
