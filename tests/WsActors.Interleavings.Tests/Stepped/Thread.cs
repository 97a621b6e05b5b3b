using WsActors.Interleavings.Kernel;

namespace WsActors;

/// <summary>The linked sources' <c>Thread</c>: one more of the schedule.</summary>
internal sealed class Thread(Action body)
{
    public bool IsBackground { get; set; }

    public string Name { get; set; } = "";

    public void UnsafeStart() => Machine.Current.Schedule.Start($"{Name} {Machine.Current.NextThread()}", body);
}
