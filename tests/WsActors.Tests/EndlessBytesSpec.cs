using System.Runtime.CompilerServices;
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
        var reader = new Reader.State(Environment.CurrentManagedThreadId);
        var connection = new StreamConnection(Sys.DeadLetters, new BufferPool());
        var handler = Sys.ActorOf(
            Props.Create<Reader>(reader).WithDispatcher(InlineDispatcher.Name).WithMailbox(CompactMailbox.Path));
        RunHere(handler);
        connection.Tell(new Tcp.Register(handler), handler);
        using (RunQueue.TryOpen())
        {
            connection.Start(new EndlessStream.Upgraded());
            connection.Tell(Tcp.ResumeReading.Instance, handler);
        }

        reader.HasReturned = true;
        await reader.HasAll.Task.WaitAsync(Patience);

        Assert.Equal((4, Reads), (reader.Here, reader.Count));
        connection.Tell(Tcp.Abort.Instance, handler);
        await connection.Completion.WaitAsync(Patience);
    }

    /// <summary>Runs an actor once in a run queue of this thread: then it has no run elsewhere.</summary>
    private static void RunHere(IActorRef actor)
    {
        var ranOn = new StrongBox<int>();
        var isIdle = SpinWait.SpinUntil(
            () =>
            {
                using (RunQueue.TryOpen())
                {
                    actor.Tell(ranOn);
                }

                return Volatile.Read(ref ranOn.Value) == Environment.CurrentManagedThreadId;
            },
            Patience);
        Assert.True(isIdle, "It never ran in a run queue.");
    }

    /// <summary>Reads on as soon as it has read, and stops at the last read.</summary>
    private sealed class Reader(Reader.State state) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            switch (message)
            {
                case LeasedBytes:
                    state.Count++;
                    state.Here += state.IsHere ? 1 : 0;
                    if (state.Count == Reads)
                    {
                        state.HasAll.SetResult();
                        return;
                    }

                    Sender.Tell(Tcp.ResumeReading.Instance, Self);
                    break;
                case StrongBox<int> ranOn: Volatile.Write(ref ranOn.Value, Environment.CurrentManagedThreadId); break;
            }
        }

        /// <summary>The reads so far. Counted by the actor alone.</summary>
        public sealed class State(int thread)
        {
            private bool _hasReturned;

            public int Count { get; set; }

            /// <summary>The reads of the thread that opened the source, before that thread went on.</summary>
            public int Here { get; set; }

            public bool HasReturned
            {
                set => Volatile.Write(ref _hasReturned, value);
            }

            public bool IsHere => Environment.CurrentManagedThreadId == thread && !Volatile.Read(ref _hasReturned);

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
