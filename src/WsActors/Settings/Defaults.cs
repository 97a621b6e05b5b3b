namespace WsActors.Settings;

/// <summary>The defaults of all options: those of <c>hocon/ws-actors.conf</c>, the one place that has them. Read once.</summary>
internal static class Defaults
{
    private static readonly ConfigReader Reference = ConfigReader.FromConfig(ReferenceConfig.Value);

    public static EndpointOptions Endpoint { get; } = EndpointSettings.Table.Read(Reference, new EndpointOptions(default(Unset)));

    public static ClientOptions Client { get; } = ClientSettings.Table.Read(Reference, new ClientOptions(default(Unset)));
}
