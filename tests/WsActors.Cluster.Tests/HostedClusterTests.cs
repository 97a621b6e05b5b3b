using Akka.Actor;
using Akka.Cluster.Hosting;
using Akka.Configuration;
using Akka.Hosting;
using Akka.Remote.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using WsActors.Topics;

namespace WsActors.Cluster.Tests;

/// <summary>Hosts that configure WithRemoting and WithClustering form one system by WithWebSocketCluster.</summary>
public sealed class HostedClusterTests
{
    [Fact]
    public async Task A_publish_in_one_host_reaches_a_member_in_another()
    {
        using var one = await StartAsync();
        using var other = await StartAsync();
        var (here, there) = (SystemOf(one), SystemOf(other));
        await Akka.Cluster.Cluster.Get(here).JoinAsync(Akka.Cluster.Cluster.Get(here).SelfAddress).WaitAsync(Eventually.Patience);
        await Akka.Cluster.Cluster.Get(there).JoinAsync(Akka.Cluster.Cluster.Get(here).SelfAddress).WaitAsync(Eventually.Patience);
        var member = new Akka.TestKit.Xunit2.TestKit(there).CreateTestProbe();
        there.WebSockets().Topics.Tell(new TopicsActor.MemberCommand(member.Ref, null, new Ws.Join("tea")), member.Ref);
        member.ExpectMsg<Ws.Joined>(Eventually.Patience);

        await Eventually.Holds(
            () =>
            {
                here.WebSockets().Topics.Tell(new Ws.Publish("tea", Ws.Send.Text("hi")), ActorRefs.NoSender);
                return member.HasMessages;
            },
            "nothing reached the other host");

        Assert.Equal("hi"u8, member.ExpectMsg<Ws.Send>(Eventually.Patience).Payload.Span);
        await Task.WhenAll(one.StopAsync(), other.StopAsync());
    }

    private static ActorSystem SystemOf(IHost host) => host.Services.GetRequiredService<ActorSystem>();

    private static async Task<IHost> StartAsync()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddAkka("ws", static akka => akka
            .AddHocon(ConfigurationFactory.ParseString("akka { loglevel = OFF, stdout-loglevel = OFF }"), HoconAddMode.Prepend)
            .WithRemoting("127.0.0.1", 0)
            .WithClustering(new ClusterOptions())
            .WithWebSocketCluster());
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }
}
