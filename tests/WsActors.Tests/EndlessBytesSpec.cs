using Akka.Actor;
using Akka.IO;
using WsActors.Dispatch;
using WsActors.Transport;
using WsActors.Transport.Polling;
using WsActors.Transport.Streams;

namespace WsActors.Tests;

/// <summary>A byte source whose peer sends faster than it is read does not keep its thread from the others.</summary>
public sealed class EndlessBytesSpec : Akka.TestKit.Xunit2.TestKit
{
    private const int Reads = 50;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    public EndlessBytesSpec()
        : base(WebSocketExtension.DefaultConfig) => InlineDispatcher.AddTo(Sys);

    [Fact]
    public async Task Four_reads_in_a_row_are_handled_and_the_next_are_handled_behind_other_work()
    {
        var reader = new Reader.State();
        var connection = new StreamConnection(ActorRefs.Nobody, ((ExtendedActorSystem)Sys).Provider, new BufferPool());
        var handler = Sys.ActorOf(
            Props.Create<Reader>(reader).WithDispatcher(InlineDispatcher.Name).WithMailbox(CompactMailbox.Path));
        await handler.Ask<string>("ready?", Patience);
        connection.Tell(new Tcp.Register(handler), handler);
        using (RunQueue.TryOpen())
        {
            connection.Start(new EndlessStream.Upgraded());
            connection.Tell(Tcp.ResumeReading.Instance, handler);
        }

        await reader.HasAll.Task.WaitAsync(Patience);

        Assert.Equal(4, reader.Threads.TakeWhile(static thread => thread == Environment.CurrentManagedThreadId).Count());
        Assert.Equal(Reads, reader.Threads.Count);
        connection.Tell(Tcp.Abort.Instance, handler);
        await connection.Completion.WaitAsync(Patience);
    }

    /// <summary>Reads on as soon as it has read, and stops at the last read.</summary>
    private sealed class Reader(Reader.State state) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            switch (message)
            {
                case LeasedBytes:
                    state.Threads.Add(Environment.CurrentManagedThreadId);
                    if (state.Threads.Count == Reads)
                    {
                        state.HasAll.SetResult();
                        return;
                    }

                    Sender.Tell(Tcp.ResumeReading.Instance, Self);
                    break;
                case string: Sender.Tell("yes"); break;
            }
        }

        public sealed class State
        {
            /// <summary>The thread of each read. Written by the actor alone.</summary>
            public List<int> Threads { get; } = [];

            public TaskCompletionSource HasAll { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    private sealed class EndlessStream : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(buffer.Length);

        public override int Read(byte[] buffer, int offset, int count) => count;

        public override void Write(byte[] buffer, int offset, int count)
        {
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public sealed class Upgraded : IUpgradedStream
        {
            public Stream Stream { get; } = new EndlessStream();

            public bool CanCompleteSending => false;

            public bool MayBlockReadCompletions => false;

            public Task CompleteSendingAsync() => Task.CompletedTask;

            public void Abort()
            {
            }
        }
    }
}
