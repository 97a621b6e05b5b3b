using Akka.Actor;
using Akka.Configuration;
using WsActors.Manager;

namespace WsActors.Tests;

/// <summary>An unknown key of ws-actors stops the start, whether by Hosting or by Bind.</summary>
public sealed class ConfigKeyValidatorTests
{
    [Theory]
    [InlineData("ws-actors.mesage.max-size = 1KiB", "ws-actors.mesage is not usable: there is no such setting; ws-actors has transport, ")]
    [InlineData(
        "ws-actors.message.max-sise = 1KiB",
        "ws-actors.message.max-sise is not usable: there is no such setting; ws-actors.message has max-size, max-fragments.")]
    [InlineData("ws-actors.message = 1KiB", "ws-actors.message = 1KiB is not usable: it is a section, with max-size, max-fragments.")]
    [InlineData(
        "ws-actors.trusted-proxies = 10.0.0.1",
        "ws-actors.trusted-proxies = 10.0.0.1 is not usable: it is a list, such as [\"one\", \"two\"].")]
    [InlineData("ws-actors.tls.pasword = hunter2", "ws-actors.tls.pasword is not usable: there is no such setting; ws-actors.tls has")]
    [InlineData(
        "ws-actors.tls.others = { certificate = a }", "ws-actors.tls.others is not usable: it is a list, such as [\"one\", \"two\"].")]
    [InlineData("ws-actors.tick.every = 1s", "ws-actors.tick is not usable: it is one value, not a section.")]
    [InlineData(
        "ws-actors.sockets.inline = off",
        "ws-actors.sockets is not usable: there is no such setting any more; handlers run on the thread pool, and for those that "
            + "never wait set WebSocketRouteOptions.Inline on their route.")]
    [InlineData(
        "ws-actors.handshake.guard-timeout = 5s",
        "ws-actors.handshake.guard-timeout is not usable: its name is ws-actors.guard.timeout now.")]
    [InlineData(
        "ws-actors.handshake.max-guards = 9",
        "ws-actors.handshake.max-guards is not usable: its name is ws-actors.guard.max-running now.")]
    [InlineData(
        "ws-actors.handshake.max-waiting-guards = 9",
        "ws-actors.handshake.max-waiting-guards is not usable: its name is ws-actors.guard.max-waiting now.")]
    [InlineData(
        "ws-actors.rate.max-accepts = 9",
        "ws-actors.rate.max-accepts is not usable: its name is ws-actors.max-accepts-per-second now.")]
    [InlineData(
        "ws-actors.progress.min-rate = 1B",
        "ws-actors.progress.min-rate is not usable: its name is ws-actors.progress.min-bytes-per-second now.")]
    [InlineData(
        "ws-actors.unix.permissions = 660",
        "ws-actors.unix is not usable: its name is ws-actors.unix-permissions now.")]
    public async Task A_plain_actor_system_reports_unknown_keys_like_a_host(string hocon, string sentence)
    {
        var system = ActorSystem.Create(
            "typo", ConfigurationFactory.ParseString($"akka.loglevel = OFF, akka.stdout-loglevel = OFF\n{hocon}"));

        var error = Assert.Throws<ConfigurationException>(() => system.WebSockets());

        Assert.StartsWith(sentence, error.Message, StringComparison.Ordinal);
        await system.Terminate();
    }

    [Theory]
    [InlineData("")]
    [InlineData("ws-actors.message.max-size = 1KiB")]
    [InlineData("ws-actors.origin.hosts = [\"example.com\"]")]
    [InlineData("ws-actors { tls.others = [{ certificate = a }] }")]
    [InlineData("my-app.message.max-sise = 1KiB")]
    public void Known_keys_and_foreign_keys_pass(string hocon) =>
        ConfigKeyValidator.Check(ConfigurationFactory.ParseString(hocon).WithFallback(WebSocketExtension.DefaultConfig));
}
