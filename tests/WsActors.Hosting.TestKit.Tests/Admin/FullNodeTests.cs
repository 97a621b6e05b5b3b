using Akka.Hosting;
using WsActors.Protocol;
using WsActors.TestKit;

namespace WsActors.Hosting.TestKit.Tests.Admin;

/// <summary>Clients have all connections of the node; operators still have the page.</summary>
public sealed class FullNodeTests() : AdminSpec("ws://127.0.0.1:9090")
{
    protected override void ConfigureAkka(AkkaConfigurationBuilder builder, IServiceProvider provider)
    {
        builder.AddHocon("ws-actors.connections.max = 1", HoconAddMode.Prepend);
        base.ConfigureAkka(builder, provider);
    }

    [Fact]
    public void The_page_opens_on_a_full_node_and_closes_a_connection()
    {
        var client = ConnectAs("ann");
        var refused = App.Dial();
        refused.RequestUpgrade("/room");
        refused.ExpectResponse(503);

        var page = Admin.Connect("/socket", "Origin: http://127.0.0.1:9090");
        Expect(page, "welcome");
        page.SendText("""{"type":"kick","id":1,"user":"ann"}""");

        Expect(page, "done");
        client.ExpectClose(CloseCode.PolicyViolation);
    }
}
