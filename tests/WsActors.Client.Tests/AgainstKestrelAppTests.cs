namespace WsActors.Client.Tests;

/// <summary>Our client against our server in an ASP.NET Core app.</summary>
public sealed class AgainstKestrelAppTests : OurServerTests
{
    private protected override async Task<IOurServer> StartOurs(int port, MessageCompression compression) =>
        await KestrelAppServer.Start(port, compression);
}
