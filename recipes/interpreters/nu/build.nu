let share = $env.PREFIX | path join share hello
mkdir $share
"hello from nu\n" | save ($share | path join nu.txt)
print $"wrote (ls $share | length) file"
