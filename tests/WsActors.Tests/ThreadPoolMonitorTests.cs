using Akka.Event;
using WsActors.Dispatch;
using WsActors.Runtime;
using WsActors.Tests.Loopback;

namespace WsActors.Tests;

/// <summary>Threads are added while work of the pool waits and the processors have time, and are taken back later.</summary>
public sealed class ThreadPoolMonitorTests : IThreadPool
{
    private const int Processors = 2;

    private const int MaxAdded = 3;

    private readonly ManualTime _time = new();

    private readonly ThreadPoolMonitor _monitor;

    private IThreadPoolWorkItem? _queued;

    private int _threads = 2;

    private int _maxThreads = 100;

    public ThreadPoolMonitorTests() =>
        _monitor = new ThreadPoolMonitor(this, MaxAdded, Processors, new Clock(_time), NoLogger.Instance);

    public long PendingWorkItems { get; private set; }

    public bool IsUsedUp { get; private set; } = true;

    public bool HasRunnableThreads { get; private set; }

    public TimeSpan ProcessorTime { get; private set; }

    [Fact]
    public void A_pool_without_work_is_not_given_any()
    {
        Tick(100);

        Assert.Null(_queued);
        Assert.Equal(2, _threads);
    }

    [Fact]
    public void Each_interval_of_a_long_wait_adds_a_thread()
    {
        PendingWorkItems = 1;
        Tick();
        Assert.Equal(2, _threads);
        Tick();
        Assert.Equal(3, _threads);
        Tick();
        Assert.Equal(4, _threads);
        Assert.Equal(2, _monitor.Added);
    }

    [Fact]
    public void Work_that_starts_within_the_interval_adds_no_thread()
    {
        PendingWorkItems = 1;
        for (var i = 0; i < 100; i++)
        {
            Tick();
            Start();
        }

        Assert.Equal(2, _threads);
    }

    [Fact]
    public void No_more_threads_are_added_than_the_maximum()
    {
        Block(100);

        Assert.Equal(2 + MaxAdded, _threads);
        Assert.Equal(MaxAdded, _monitor.Added);
    }

    [Fact]
    public void No_more_threads_are_added_than_the_pool_takes()
    {
        _maxThreads = 3;
        Block(100);

        Assert.Equal(3, _threads);
        Assert.Equal(1, _monitor.Added);
    }

    [Fact]
    public void Busy_processors_are_no_reason_for_more_threads()
    {
        PendingWorkItems = 1;
        for (var i = 0; i < 100; i++)
        {
            Tick();
            ProcessorTime += Processors * ThreadPoolMonitor.Interval;
        }

        Assert.Equal(2, _threads);
    }

    /// <summary>A machine that is busy with other processes: the work waits for a processor, not for a thread.</summary>
    [Fact]
    public void Idle_threads_are_a_reason_against_more()
    {
        IsUsedUp = false;
        Block(100);

        Assert.Equal(2, _threads);
    }

    [Fact]
    public void Threads_that_wait_for_a_processor_are_a_reason_against_more()
    {
        HasRunnableThreads = true;
        Block(100);

        Assert.Equal(2, _threads);
    }

    [Fact]
    public void One_busy_processor_of_two_is_no_reason_against_them()
    {
        PendingWorkItems = 1;
        for (var i = 0; i < 3; i++)
        {
            Tick();
            ProcessorTime += ThreadPoolMonitor.Interval;
        }

        Assert.Equal(4, _threads);
    }

    /// <summary>SIGSTOP, or a machine without a processor for this process.</summary>
    [Fact]
    public void A_standstill_of_the_process_is_not_a_wait()
    {
        PendingWorkItems = 1;
        Tick();
        _time.Advance(TimeSpan.FromMinutes(1));
        Tick();
        Assert.Equal(2, _threads);
        Tick();
        Assert.Equal(3, _threads);
    }

    [Fact]
    public void A_thread_is_taken_back_after_each_calm_period()
    {
        Block(3);
        Assert.Equal(4, _threads);
        Start();
        PendingWorkItems = 0;

        Tick((int)(ThreadPoolMonitor.Calm / ThreadPoolMonitor.Interval) - 1);
        Assert.Equal(4, _threads);
        Tick();
        Assert.Equal(3, _threads);
        Tick((int)(ThreadPoolMonitor.Calm / ThreadPoolMonitor.Interval));
        Assert.Equal(2, _threads);
        Tick(10 * (int)(ThreadPoolMonitor.Calm / ThreadPoolMonitor.Interval));
        Assert.Equal(2, _threads);
    }

    [Fact]
    public void All_threads_are_taken_back_at_the_end()
    {
        Block(3);
        _monitor.TakeBackAll();

        Assert.Equal(2, _threads);
        Assert.Equal(0, _monitor.Added);
    }

    void IThreadPool.Queue(IThreadPoolWorkItem item) => _queued = item;

    bool IThreadPool.TryAddThread()
    {
        if (_threads == _maxThreads)
        {
            return false;
        }

        _threads++;
        return true;
    }

    void IThreadPool.RemoveThread() => _threads--;

    private void Block(int ticks)
    {
        PendingWorkItems = 1;
        Tick(ticks);
    }

    private void Start() => Interlocked.Exchange(ref _queued, null)?.Execute();

    private void Tick(int times = 1)
    {
        for (; times > 0; times--)
        {
            _time.Advance(ThreadPoolMonitor.Interval);
            _monitor.Tick();
        }
    }
}
