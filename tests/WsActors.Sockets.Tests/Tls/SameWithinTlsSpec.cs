using WsActors.Tests.Loopback;

namespace WsActors.Sockets.Tests.Tls;

/// <summary>The rules of plain sockets hold within TLS: some of the same tests, run again.</summary>
[Collection(OneByOne.Name)]
public sealed class SameWithinTlsSpec
{
    [Fact]
    public Task A_conversation_is_the_same_however_it_is_cut() =>
        WithinTls.Run(new ChunksSpec().A_conversation_gives_the_same_answers_and_events_however_it_is_cut);

    [Fact]
    public Task A_half_closing_client_gets_the_whole_answer() =>
        WithinTls.Run(new HalfCloseSpec().A_half_closing_client_gets_its_300_KB_answer_whole_50_times_of_50);

    [Fact]
    public Task A_large_message_is_echoed_in_fragments() =>
        WithinTls.Run(() => new BigMessagesSpec().A_message_of_exactly_the_limit_is_echoed(fragments: 100));

    [Fact]
    public Task A_message_larger_than_the_queue_arrives_whole() =>
        WithinTls.Run(new BigMessagesSpec().A_message_larger_than_the_queue_is_accepted_by_an_empty_one_and_arrives_whole);

    [Fact]
    public Task A_close_frame_reaches_a_client_that_still_sends() =>
        WithinTls.Run(new CloseFrameSpec().The_handlers_close_frame_reaches_a_client_that_still_sends);

    [Fact]
    public async Task A_slow_client_gets_all_queued_messages()
    {
        using var spec = new SlowReaderSpec();
        await WithinTls.Run(spec.A_client_that_reads_again_within_the_grace_gets_all_queued_messages_and_1013);
    }

    [Fact]
    public async Task A_client_that_never_reads_again_is_reset()
    {
        using var spec = new SlowReaderSpec();
        await WithinTls.Run(spec.A_client_that_never_reads_again_is_reset_with_1013);
    }

    [Fact]
    public Task R13_Two_thousand_connections_leak_nothing() =>
        WithinTls.Run(new NoLeakSpec().R13_Two_thousand_connections_that_end_in_every_way_leak_nothing);
}
