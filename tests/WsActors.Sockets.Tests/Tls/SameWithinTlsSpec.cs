using WsActors.Tests.Loopback;

namespace WsActors.Sockets.Tests.Tls;

/// <summary>What holds for plain sockets holds within TLS: the same tests, some of them, once more.</summary>
[Collection(OneByOne.Name)]
public sealed class SameWithinTlsSpec
{
    [Fact]
    public Task Any_cut_of_a_session_gives_the_same() =>
        WithinTls.Run(new ChunksSpec().Any_cut_of_a_session_gives_the_same_answers_and_the_same_events);

    [Fact]
    public Task A_half_closing_client_gets_its_answer_whole() =>
        WithinTls.Run(new HalfCloseSpec().A_half_closing_client_gets_its_300_KB_answer_whole_50_times_of_50);

    [Fact]
    public Task A_large_message_is_echoed_in_fragments() =>
        WithinTls.Run(() => new BigMessagesSpec().A_message_of_exactly_the_limit_is_echoed(fragments: 100));

    [Fact]
    public Task A_message_larger_than_the_queue_arrives_whole() =>
        WithinTls.Run(new BigMessagesSpec().A_message_larger_than_the_queue_is_taken_by_an_empty_one_and_arrives_whole);

    [Fact]
    public Task A_close_frame_reaches_a_client_that_still_sends() =>
        WithinTls.Run(new CloseFrameSpec().The_handlers_close_frame_reaches_a_client_that_still_sends);

    [Fact]
    public async Task A_client_that_reads_slowly_gets_all_that_was_queued()
    {
        using var spec = new SlowReaderSpec();
        await WithinTls.Run(spec.A_client_that_reads_again_within_the_grace_gets_all_that_was_queued_and_1013);
    }

    [Fact]
    public async Task A_client_that_never_reads_again_is_reset()
    {
        using var spec = new SlowReaderSpec();
        await WithinTls.Run(spec.A_client_that_never_reads_again_is_reset_and_its_handler_told_1013);
    }

    [Fact]
    public Task R13_Two_thousand_connections_leave_nothing() =>
        WithinTls.Run(new NoLeakSpec().R13_Two_thousand_connections_that_end_in_every_way_leave_nothing);
}
