namespace WsActors.Tests.Loopback;

/// <summary>
/// Which byte source everything runs over that needs real sockets: the default, unless the test project names another. Each has to keep
/// the same promises.
/// </summary>
internal static class ByteSourceUnderTest
{
    public static string Name { get; } = AppContext.GetData("WsActors.Tests.Transport") as string ?? "akka-io";
}
