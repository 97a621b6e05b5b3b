namespace WsActors.EndToEnd.Tests;

/// <summary>A measurement that needs a quiet machine to say anything: it runs where WSACTORS_MEASURE is set, and else says that it did not.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class MeasuringFactAttribute : FactAttribute
{
    public MeasuringFactAttribute()
    {
        if (Environment.GetEnvironmentVariable("WSACTORS_MEASURE") is null)
        {
            Skip = "It compares the memory of processes within a tenth: set WSACTORS_MEASURE=1 on a quiet machine to run it.";
        }
    }
}
