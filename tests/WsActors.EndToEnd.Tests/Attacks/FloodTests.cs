using WsActors.Protocol.Frames;
using WsActors.Tests.Loopback;
using Xunit.Abstractions;

namespace WsActors.EndToEnd.Tests.Attacks;

/// <summary>
/// Attacks by volume. The memory of the program depends on how a byte source reads and writes, so both sources are attacked.
/// </summary>
[Collection(Measured.Name)]
public sealed class FloodTests(ITestOutputHelper output)
{
    [Fact]
    public async Task R14_R19_Clients_that_never_read_are_reset_at_the_write_deadline()
    {
        const int Connections = 20;
        var message = Wire.Binary(new byte[64 * 1024]);

        await using var siege = await Siege.StartAsync(output, "progress.write-timeout=2s");
        await siege.EndureAsync(
            "20 clients that want echoes of 64 KiB and never read",
            (long)Connections * Siege.MaxUnsent + Siege.Slack,
            () => siege.ManyAsync(Connections, "", client => client.PushUntilReset(message), receiveBuffer: 4096));
    }

    [Fact]
    public async Task R19_A_flood_of_pings_is_answered_ping_by_ping()
    {
        const int Connections = 8;
        const int Pings = 200_000;
        var flood = Siege.Repeat(Wire.Frame(Opcode.Ping, new byte[125]), Pings);

        await using var siege = await Siege.StartAsync(output);
        await siege.EndureAsync(
            "1,600,000 pings of 125 bytes, by 8 clients",
            (long)Connections * Siege.MaxUnsent + Siege.Slack,
            () => siege.ManyAsync(Connections, "", async client =>
            {
                var sending = client.Send(flood);
                await client.Skip(Pings * (2L + 125));
                await sending;
            }));
    }

    [Fact]
    public async Task R19_A_flood_of_tiny_messages_is_echoed_one_by_one()
    {
        const int Connections = 8;
        const int Messages = 150_000;
        var flood = Siege.Repeat(Wire.Binary([1]), Messages);

        await using var siege = await Siege.StartAsync(output);
        await siege.EndureAsync(
            "1,200,000 messages of one byte, by 8 clients",
            (long)Connections * Siege.MaxUnsent + Siege.Slack,
            () => siege.ManyAsync(Connections, "", async client =>
            {
                var sending = client.Send(flood);
                await client.Skip(Messages * (2L + 1));
                await sending;
            }));
    }
}
