namespace WsActors.Settings;

/// <summary>The values of <c>ws-actors.transport</c>.</summary>
internal static class TransportNames
{
    public const string AkkaIo = "akka-io";

    public const string Sockets = "sockets";
}
